"""Which span goes with an outcome, such as a judge's verdict, and how a claim about it is weighed."""
