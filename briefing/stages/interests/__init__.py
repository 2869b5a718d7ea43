"""What a reader wants: interests, what is muted, sections; what articles have to do with it.

    profile    the settings, of an edition or of one reader
    phrases    whether a text speaks of something, in any script
    marks      what one article has to do with a profile, and what that makes of a story
    sections   which stories are told, and under which heading

An interest moves a story, a mute keeps it from being told: neither changes what is known, who is counted as its
origin, or what an edition corrects of an earlier one.
"""
