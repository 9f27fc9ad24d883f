"""How a trigger is mined: content model, candidates, verdict. Pure functions on arrays; no file, no report, no drawing."""
