"""Ways of asking, what is learned from them, and how well it finds: training, fitting, measuring."""
