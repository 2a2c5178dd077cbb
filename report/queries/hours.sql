select
    start_hour,
    attempts,
    deliveries,
    test_attempts,
    is_most_popular
from {{ schema }}.attempts_by_hour
order by start_hour
