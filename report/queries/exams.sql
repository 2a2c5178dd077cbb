with attempts as (

    select * from {{ schema }}.fct_attempts
    where not is_test

)

select
    exams.base_exam_id,
    exams.exam_name,
    exams.question_sets,
    exams.attempts,
    count(attempts.score) as scored_attempts,
    avg(attempts.score) as mean_score,
    median(attempts.duration_seconds) / 60 as median_minutes,
    percentile(attempts.duration_seconds, 0.25) / 60 as lower_quartile_minutes,
    percentile(attempts.duration_seconds, 0.75) / 60 as upper_quartile_minutes,
    exams.last_attempt_at
from {{ schema }}.dim_exams as exams
inner join attempts on exams.base_exam_id = attempts.base_exam_id
group by exams.base_exam_id, exams.exam_name, exams.question_sets, exams.attempts, exams.last_attempt_at
order by exams.attempts desc, exams.exam_name, exams.base_exam_id
