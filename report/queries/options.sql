with {% include "versions.sql" %}

select
    exams.exam,
    options.question_number,
    options.option_number,
    options.is_correct,
    options.presented,
    options.chosen,
    options.chosen_share,
    options.lower_chosen_share,
    options.upper_chosen_share,
    case
        when options.presented < {{ enough_attempts }} then 'too few attempts'
        when options.is_correct is null then 'not known to be right'
        when options.is_correct and options.upper_chosen_share > options.lower_chosen_share then 'right'
        when options.is_correct then 'right, but the strong do not see it'
        when options.upper_chosen_share > options.lower_chosen_share then 'misleads the strong'
        when options.chosen_share < {{ idle }} then 'distracts hardly anybody'
        else 'distracts the weak'
    end as verdict
from {{ schema }}.distractor_analysis as options
inner join exams using (base_exam_id, question_set_id)
order by options.presented desc, exams.exam, options.question_number, options.option_number
