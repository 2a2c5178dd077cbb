select
    count(*) as attempts,
    count(distinct base_exam_id) as exams,
    count_if(is_test) as test_attempts,
    count_if(not is_test) as real_attempts,
    count_if(not is_test and score is not null) as scored_attempts,
    avg(if(is_test, null, score)) as mean_score,
    median(if(is_test, null, duration_seconds)) as median_seconds,
    min(started_at) as first_started_at,
    max(started_at) as last_started_at
from {{ schema }}.fct_attempts
