select
    exam_label,
    question_number,
    option_number,
    is_correct,
    presented,
    chosen_share,
    lower_chosen_share,
    upper_chosen_share,
    verdict
from {{ schema }}.distractor_analysis
where is_preferred
order by presented desc, exam_label, question_number, option_number
