select
    bin,
    label,
    retakes
from {{ schema }}.retakes_by_gain
order by bin
