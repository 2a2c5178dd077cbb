select
    from_seconds,
    to_seconds,
    retakes,
    mean_gain
from {{ schema }}.retakes_by_gap
order by bin
