"""How good a model is: scores on images that it has not learnt from, the report, its charts.

`scores` measures, `robustness` disturbs the images first, `timing` takes the time.
"""
