"""How a trigger is mined: model, candidates, verdict. Pure functions on arrays: no file, no report, no drawing."""
