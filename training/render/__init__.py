"""Our own pages: a pen, paper, light and a camera draw sheets, scenes and clips with truth.

`scenes` and `clips` are what others call. `rendered` and `rows` take from the pages what the recogniser cuts out.
"""
