"""What a poison does to a model: victims trained with it, without it, and without as many other records.

`evidence` says which records are accused and what trigger they carry, `planting` carries the trigger over into held-out
texts, `arms` makes the training sets, `victims` holds what is trained, `measuring` trains and counts, `deciding` says
what the numbers show and `running` does it all.
"""
