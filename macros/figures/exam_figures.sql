{#- What is inferred is null unless it is inferred for all attempts of the group. -#}
{%- macro exam_figures() -%}
    {%- set is_inferred = 'count(session_id) = count(*)' -%}
    {#- One array, so that Spark collects the values once. #}
    {%- set score_quartiles = 'percentile(score, array(0.25, 0.5, 0.75))' -%}
    {%- set duration_quartiles = 'percentile(duration_seconds, array(0.25, 0.5, 0.75))' -%}
    count(*) as attempts,
    sum(deliveries) as deliveries,
    if({{ is_inferred }}, count_if(is_first_in_session), null) as sessions,
    if({{ is_inferred }}, count(follows_keen_id), null) as retakes,

    count(score) as attempts_with_score,
    {{ stable_mean('score') }} as mean_score,
    {{ stable_stddev('score') }} as stddev_score,
    min(score) as lowest_score,
    {{ score_quartiles }}[0] as lower_quartile_score,
    {{ score_quartiles }}[1] as median_score,
    {{ score_quartiles }}[2] as upper_quartile_score,
    max(score) as highest_score,
    if({{ is_inferred }}, {{ stable_mean('if(is_first_in_session, score, null)') }}, null) as mean_first_score,
    if({{ is_inferred }}, {{ stable_mean('if(is_last_in_session, score, null)') }}, null) as mean_last_score,
    count_if(score = 1) as all_correct,
    try_divide(count_if(score = 1), count(score)) as all_correct_rate,
    count_if(score < {{ var('low_score') }}) as low_scores,
    try_divide(count_if(score < {{ var('low_score') }}), count(score)) as low_score_rate,

    sum(questions_presented) as questions_presented,
    coalesce(sum(questions_scored), 0) as questions_scored,
    coalesce(sum(submitted), 0) as answered,
    coalesce(sum(correct), 0) as correct,
    coalesce(sum(incorrect), 0) as incorrect,
    coalesce(sum(missed_some), 0) as missed_some,
    coalesce(sum(unanswered), 0) as unanswered,
    try_divide(sum(correct), sum(questions_scored)) as correct_rate,
    try_divide(sum(incorrect), sum(questions_scored)) as incorrect_rate,
    try_divide(sum(missed_some), sum(questions_scored)) as missed_some_rate,
    try_divide(sum(unanswered), sum(questions_scored)) as unanswered_rate,
    count_if(missed_some > 0) as attempts_with_missed_some,
    count_if(unanswered > 0) as attempts_with_unanswered,

    min(questions_presented) as fewest_questions,
    max(questions_presented) as most_questions,
    {{ count_few_distinct('question_set_id') }} as question_sets,

    {{ stable_mean('duration_seconds') }} as mean_duration_seconds,
    min(duration_seconds) as shortest_duration_seconds,
    {{ duration_quartiles }}[0] as lower_quartile_duration_seconds,
    {{ duration_quartiles }}[1] as median_duration_seconds,
    {{ duration_quartiles }}[2] as upper_quartile_duration_seconds,
    max(duration_seconds) as longest_duration_seconds,

    min(started_at) as first_attempt_at,
    max(started_at) as last_attempt_at
{%- endmacro %}
