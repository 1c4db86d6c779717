"""People and destinations from CSV files: plan first, look at the plan, then apply it."""

from broadcaster.services.people.importing import apply, plan_destinations, plan_people
from broadcaster.services.people.plan import (
    Count,
    Counts,
    ImportPlan,
    Problem,
    ProblemsRemain,
)

__all__ = [
    "Count",
    "Counts",
    "ImportPlan",
    "Problem",
    "ProblemsRemain",
    "apply",
    "plan_destinations",
    "plan_people",
]
