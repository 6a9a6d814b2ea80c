"""Pages for the ink network: of each it is known whose ink every pixel is.

`pages` draws them with writers, lettering, rulings and layouts of this folder.
"""
