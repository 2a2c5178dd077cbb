select
    exam_name,
    question_id,
    verdict,
    wrong_before,
    corrected_share,
    corrected_share_low,
    corrected_share_high,
    right_before,
    lost_share
from {{ schema }}.question_retakes
where not is_test
order by corrected_share_high nulls last, exam_name, base_exam_id, question_id
