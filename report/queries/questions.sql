select
    exam_label,
    question_number,
    population,
    presented,
    difficulty,
    difficulty_low,
    difficulty_high,
    discrimination,
    unanswered_rate,
    verdict,
    reason
from {{ schema }}.item_analysis
where is_preferred
order by presented desc, exam_label, question_number
