select
    attempts,
    user_exam_ids,
    exams,
    test_attempts,
    real_attempts,
    attempts_with_score,
    mean_score,
    median_duration_seconds,
    first_attempt_at,
    last_attempt_at
from {{ schema }}.totals
