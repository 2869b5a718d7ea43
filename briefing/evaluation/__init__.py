"""`briefing eval`: labelled stories told by every candidate, and how well each told them.

    cases.py     TOML -> Case                a story written by hand, with what must be told of it
    prepare.py   Case -> Prepared            its articles through the stages of the pipeline
    trials.py    Prepared -> Trial           told by a candidate, checked as in a build
    marks.py     Trial -> Marks              each labelled thing: held or not; by matching.py
    figures.py   Marks -> Figures            shares with their confidence intervals
    report.py    Evaluation -> table, JSON;  page.py -> HTML

`cases/` holds those that ship with the package.
"""
