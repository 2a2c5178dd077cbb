select
    question_number,
    question,
    answer_as_delivered,
    answer,
    answer_inferred,
    explanation
from {{ schema }}.answers
order by question_number
