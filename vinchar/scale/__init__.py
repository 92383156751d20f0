"""Very many pictures, read by many processes on one machine or on a cluster of them, by Ray Data.

``sources`` lists them, ``parts`` keeps what is read, ``reading`` reads a chunk of them, ``run`` has all chunks read.
"""
