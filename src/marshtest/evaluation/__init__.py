"""How good tools and judges are, and what poison does to a model: all measured where the truth is known."""
