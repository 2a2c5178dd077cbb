select
    keen_id,
    exam_name,
    deliveries,
    first_published_at,
    last_published_at
from {{ schema }}.repeated_deliveries
order by deliveries desc, exam_name, keen_id
