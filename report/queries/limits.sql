select
    limit_name,
    value
from {{ schema }}.limits
order by limit_name
