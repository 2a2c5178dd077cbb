select
    exam_name,
    attempts,
    attempts_with_score,
    mean_score,
    median_duration_seconds,
    lower_quartile_duration_seconds,
    upper_quartile_duration_seconds,
    question_sets,
    last_attempt_at,
    sessions,
    retakes,
    mean_first_score
from {{ schema }}.exam_results
order by attempts desc, exam_name, base_exam_id
