"""How the pages are built: `sphinx-build -W docs FOLDER`."""

project = "briefing"
copyright = "the briefing contributors, Apache-2.0"  # noqa: A001 - Sphinx's name for it
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
# What stands in quotation marks is often to be typed.
smartquotes = False

html_theme = "furo"
html_title = "briefing"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["style"]
html_css_files = ["pages.css"]
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5673", "color-brand-content": "#1f5673"},
    "dark_css_variables": {"color-brand-primary": "#7fb7d6", "color-brand-content": "#7fb7d6"},
}
