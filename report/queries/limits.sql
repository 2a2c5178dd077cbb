select
    limit_name,
    value
from {{ schema }}.verdict_limits
order by limit_name
