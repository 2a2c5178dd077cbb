with {% include "versions.sql" %}

select
    exams.exam,
    sets.distinct_questions,
    sets.scored_attempts,
    sets.attempts_left_out,
    sets.mean_score,
    sets.stddev_score,
    sets.kr20,
    sets.standard_error_of_measurement,
    case
        when sets.kr20 is null then sets.reason
        when sets.scored_attempts < {{ enough_attempts }} then 'too few attempts'
        when sets.kr20 >= {{ reliable }} then 'reliable'
        else 'less reliable'
    end as verdict
from {{ schema }}.exam_reliability as sets
inner join exams using (base_exam_id, question_set_id)
order by sets.scored_attempts desc, exams.exam
