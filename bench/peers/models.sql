-- The tables of models/ up to item_analysis, in DuckDB's SQL, from the records in the table `raw` (one column, json).
-- The position of a record in the file replaces its place in Kafka.

create macro is_blank(text) as trim(coalesce(text, '')) = '';

create macro is_epoch(text) as regexp_full_match(text, '[0-9]{1,11}([.][0-9]+)?');

create macro iso_time(text) as
    if(regexp_full_match(text, getvariable('iso_timestamp')), try_cast(text as timestamptz), null);

create table stg_assess__messages as
with parsed as (
    select
        rowid as record,
        sha256(json::varchar) as message_sha256,
        -- True if each field is known and has its type. Types are compared, not converted.
        coalesce(regexp_full_match(json_structure(json)::varchar, getvariable('shape')), false) as is_usual,
        json_transform(json, getvariable('types')) as attempt
    from raw
),

checked as (
    select
        *,
        iso_time(attempt.started_at) as started_at,
        if(is_epoch(attempt.keen_timestamp), try_cast(attempt.keen_timestamp as decimal(28, 9)), null) as epoch,
        make_timestamp(floor(epoch * 1000000)::bigint) as finished_at,
        coalesce(
            is_usual
            and not is_blank(attempt.keen_id) and not is_blank(attempt.user_exam_id)
            and not is_blank(attempt.base_exam_id) and not is_blank(attempt.exam_name)
            and started_at is not null and finished_at is not null and is_epoch(coalesce(attempt.keen_created_at, '0'))
            and attempt.sequences is not null
            and coalesce(len(list_filter(
                attempt.sequences.questions,
                lambda question: is_blank(question.id) or len(list_filter(
                    question.options,
                    lambda option: is_blank(option.id) or (option.at is not null and iso_time(option.at) is null)
                )) > 0
            )), 0) = 0,
            false
        ) as is_valid
    from parsed
),

compared as (
    select
        *,
        first_value({'record': record, 'message_sha256': message_sha256}) over (
            partition by attempt.keen_id, is_valid order by record
        ) as accepted
    from checked
)

select
    record, message_sha256,
    case
        when not is_valid then 'rejected'
        when record = accepted.record then 'accepted'
        when message_sha256 = accepted.message_sha256 then 'duplicate'
        else 'rejected'
    end as disposition,
    attempt.* exclude (started_at, keen_timestamp, keen_created_at),
    started_at, finished_at,
    -- A product, because DuckDB divides as double, which has too few digits for seconds since 1970.
    (epoch - epoch_us(started_at)::decimal(18) * 0.000001::decimal(6, 6))::double as duration_seconds,
    case
        when len(attempt.sequences.questions) > 0 then sha256(
            to_json(list_sort(list_distinct([question.id for question in attempt.sequences.questions])))::varchar
        )
    end as question_set_id
from compared;

create view accepted as
select *, coalesce(sequences.questions, []) as question_list
from stg_assess__messages
where disposition = 'accepted';

create view int_questions as
with exploded as (
    select
        keen_id, base_exam_id, [question.id for question in question_list] as question_ids,
        unnest(question_list) as question,
        generate_subscripts(question_list, 1) as question_position
    from accepted
)

select
    keen_id, question_position, question.id as question_id, base_exam_id, question,
    list_position(question_ids, question.id) = question_position as is_first_presentation,
    coalesce(question.options, []) as option_list
from exploded;

create table fct_question_responses as
select
    * exclude (question, option_list),
    question.user_result as result,
    question.user_correct as is_correct,
    question.user_incomplete as is_incomplete,
    question.user_submitted as is_submitted,
    question.user_result = 'unanswered' as is_unanswered,
    len(option_list) as options_presented,
    len(list_filter(option_list, lambda option: option.checked)) as options_chosen
from int_questions;

create table fct_option_choices as
with exploded as (
    select
        * exclude (question), [option.id for option in option_list] as option_ids,
        unnest(option_list) as option,
        generate_subscripts(option_list, 1) as option_position
    from int_questions
)

select
    * exclude (is_first_presentation, option_list, option_ids, option),
    option.id as option_id,
    is_first_presentation and list_position(option_ids, option.id) = option_position as is_first_presentation,
    option.checked as is_chosen,
    coalesce(option.correct, false) as is_correct,
    coalesce(option.submitted, 0) > 0 as is_submitted,
    iso_time(option.at) as changed_at
from exploded;

create table fct_attempts as
with deliveries_by_attempt as (
    select keen_id, count(*) as deliveries
    from stg_assess__messages
    where disposition in ('accepted', 'duplicate')
    group by keen_id
)

select
    * exclude (record, message_sha256, disposition, max_attempts, question_list, sequences),
    hour(started_at) as start_hour,
    len(question_list) as questions_presented,
    sequences.counts.correct as correct,
    sequences.counts.incorrect as incorrect,
    sequences.counts.incomplete as missed_some,
    sequences.counts.unanswered as unanswered,
    sequences.counts.correct / nullif(len(question_list), 0) as score,
    base_exam_id = 'example-id' as is_test
from accepted
inner join deliveries_by_attempt using (keen_id);

create table fct_scored_responses as
with scored as (
    select
        * exclude (base_exam_id),
        if(result = 'correct', 1, 0) as item_score,
        sum(if(result = 'correct', 1, 0)) over attempt as total_score,
        count(*) over attempt as distinct_questions,
        count(result) over attempt as results
    from fct_question_responses
    where is_first_presentation
    window attempt as (partition by keen_id)
)

select
    keen_id, question_id, question_position, base_exam_id, question_set_id, result, item_score, total_score,
    scored.distinct_questions
from scored
inner join fct_attempts using (keen_id)
where results = scored.distinct_questions and not is_test;

create table item_analysis as
with sums as (
    select
        base_exam_id, question_set_id, question_id, sum(question_position) as position_sum, count(*) as presented,
        sum(item_score) as correct,
        count_if(result = 'incorrect') as incorrect,
        count_if(result = 'missed_some') as missed_some,
        count_if(result = 'unanswered') as unanswered,
        count_if(result not in ('correct', 'incorrect', 'missed_some', 'unanswered')) as other,
        count_if(result != 'unanswered') as answered,
        sum(total_score - item_score) as rest_sum,
        sum((total_score - item_score) * (total_score - item_score)) as rest_square_sum,
        sum(item_score * (total_score - item_score)) as rest_of_correct_sum
    from fct_scored_responses
    group by base_exam_id, question_set_id, question_id
)

select
    * exclude (position_sum, rest_sum, rest_square_sum, rest_of_correct_sum),
    row_number() over (partition by base_exam_id, question_set_id order by position_sum, question_id) as question_number,
    correct / presented as difficulty,
    correct / nullif(answered, 0) as answered_difficulty,
    unanswered / presented as unanswered_rate,
    presented * correct - correct * correct as item_variance,
    presented * rest_square_sum - rest_sum * rest_sum as rest_variance,
    (presented * rest_of_correct_sum - correct * rest_sum)
    / nullif(sqrt(item_variance::double) * sqrt(rest_variance::double), 0) as discrimination
from sums;
