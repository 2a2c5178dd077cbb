select
    started_on,
    is_weekend,
    attempts,
    deliveries,
    test_attempts
from {{ schema }}.attempts_by_day
order by started_on
