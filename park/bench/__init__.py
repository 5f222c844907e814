"""Speed as ratios: each measure and its limit run alternately on the same machine in the same run."""
