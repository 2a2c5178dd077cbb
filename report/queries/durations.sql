select
    bin,
    label,
    attempts
from {{ schema }}.attempts_by_duration
order by bin
