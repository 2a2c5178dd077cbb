select
    exam_name,
    attempts,
    links,
    is_inferred,
    chance_links,
    chance_links_high,
    reversed_links,
    later_links,
    reason
from {{ schema }}.retake_inference
order by is_inferred, links desc, attempts desc, exam_name, base_exam_id
