"""The cells of each chapter that draw a figure."""

FIGURES = {
    "methods": [],
    "cohort": ["figure-flow", "figure-baseline", "figure-prior", "figure-combinations"],
    "efficacy": [
        "figure-waterfall",
        "figure-best",
        "figure-time",
        "figure-duration",
        "figure-counts",
        "figure-swimmer",
        "figure-subgroups",
        "figure-sensitivity",
    ],
    "safety": ["figure-events"],
    "verification": [],
    "remarks": [],
    "comparison": [],
    "refusals": [],
    "example": [],
    "determined": ["figure-conflicts", "figure-printed", "figure-possible", "figure-envelope"],
}
