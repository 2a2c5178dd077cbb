select
    bin,
    label,
    attempts
from {{ schema }}.attempts_by_score
order by bin
