select
    started_on,
    if(weekday(started_on) >= 5, 'weekend', 'Monday to Friday') as kind,
    attempts,
    deliveries,
    test_attempts
from {{ schema }}.attempts_by_day
order by started_on
