select
    exam_label,
    population,
    distinct_questions,
    scored_attempts,
    attempts_left_out,
    mean_total_score,
    stddev_total_score,
    kr20,
    standard_error_of_measurement,
    verdict
from {{ schema }}.exam_reliability
where is_preferred
order by scored_attempts desc, exam_label
