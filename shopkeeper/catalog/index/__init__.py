"""The catalog in memory, as sets of bits: large shops are browsed in it. What it answers is what `browse.py` says.

It is derived from the database and holds nothing of its own: it is built when a large shop is first browsed, brought
up to date before each answer, and thrown away with the process. Until it is there, SQL answers.
"""
