with {% include "versions.sql" %}

select
    exams.exam,
    questions.question_number,
    questions.question_id,
    questions.presented,
    questions.correct,
    questions.difficulty,
    questions.difficulty_low,
    questions.difficulty_high,
    questions.discrimination,
    questions.unanswered_rate,
    case
        when questions.presented < {{ enough_attempts }} then 'too few attempts'
        when questions.difficulty > {{ too_easy }} then 'too easy'
        when questions.difficulty < {{ too_hard }} then 'too hard'
        when questions.discrimination is null or questions.discrimination < {{ separates }} then 'does not separate'
        else 'sound'
    end as verdict,
    questions.reason
from {{ schema }}.item_analysis as questions
inner join exams using (base_exam_id, question_set_id)
order by questions.presented desc, exams.exam, questions.question_number
