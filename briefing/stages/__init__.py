"""The pure stages: what they may use is given to them as arguments; they import no I/O."""
