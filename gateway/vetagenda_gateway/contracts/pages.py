"""What the pages under `/docs` that are made here have in common."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>vetagenda {low}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/docs/files/pages.css">
</head>
<body>
<h1>{title}</h1>
{content}</body>
</html>
"""


def page(title: str, content: str) -> str:
    """`content` is HTML."""
    return _PAGE.format(title=title, low=title.lower(), content=content)
