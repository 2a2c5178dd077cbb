select
    attempts,
    user_exam_ids,
    exams,
    test_attempts,
    real_attempts,
    scored_attempts,
    mean_score,
    median_duration_seconds,
    first_attempt_at,
    last_attempt_at
from {{ schema }}.totals
