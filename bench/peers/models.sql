-- What models/ builds, in DuckDB's SQL, from the records in the table `raw` (one column, json).
-- Where a column tells of Kafka or of a load, the record's position in the file stands for it.

create table messages as
with read as (
    select
        rowid as record,
        sha256(json::varchar) as message_sha256,
        -- Every field is known, and of its type: the types are not bent, but compared.
        regexp_full_match(json_structure(json)::varchar, getvariable('shape')) as is_usual,
        json_transform(json, getvariable('types')) as attempt
    from raw
),

timed as (
    select
        *,
        case
            when regexp_full_match(attempt.started_at, getvariable('iso_timestamp'))
                then try_cast(attempt.started_at as timestamptz)
        end as started_at,
        case
            when regexp_full_match(attempt.keen_timestamp, '[0-9]{1,11}([.][0-9]+)?')
                then make_timestamp(floor(try_cast(attempt.keen_timestamp as decimal(28, 9)) * 1000000)::bigint)
        end as finished_at
    from read
),

judged as (
    select
        *,
        case
            when not coalesce(is_usual, false) then 'The record is not of the usual shape.'
            when
                trim(coalesce(attempt.keen_id, '')) = ''
                or trim(coalesce(attempt.user_exam_id, '')) = ''
                or trim(coalesce(attempt.base_exam_id, '')) = ''
                or trim(coalesce(attempt.exam_name, '')) = ''
                or trim(coalesce(attempt.started_at, '')) = ''
                or trim(coalesce(attempt.keen_timestamp, '')) = ''
                or attempt.sequences is null
                or len(list_filter(
                    attempt.sequences.questions,
                    lambda question: trim(coalesce(question.id, '')) = ''
                    or len(list_filter(question.options, lambda option: trim(coalesce(option.id, '')) = '')) > 0
                )) > 0
                then 'A field is missing.'
            when
                started_at is null
                or finished_at is null
                or not regexp_full_match(coalesce(attempt.keen_created_at, '0'), '[0-9]{1,11}([.][0-9]+)?')
                or len(list_filter(
                    attempt.sequences.questions,
                    lambda question: len(list_filter(
                        question.options,
                        lambda option: option.at is not null
                        and (
                            not regexp_full_match(option.at, getvariable('iso_timestamp'))
                            or try_cast(option.at as timestamptz) is null
                        )
                    )) > 0
                )) > 0
                then 'A time is not possible.'
        end as problem
    from timed
),

compared as (
    select
        *,
        first_value({'record': record, 'message_sha256': message_sha256}) over (
            partition by attempt.keen_id, problem is null order by record
        ) as accepted
    from judged
)

select
    1 as load_id,
    record,
    message_sha256,
    case
        when problem is not null then 'rejected'
        when record = accepted.record then 'accepted'
        when message_sha256 = accepted.message_sha256 then 'duplicate'
        else 'rejected'
    end as disposition,
    case
        when problem is not null then problem
        when message_sha256 != accepted.message_sha256
            then concat('keen_id was accepted before with other content: record ', accepted.record, '.')
    end as rejection_reason,
    attempt.keen_id,
    attempt.user_exam_id,
    attempt.base_exam_id,
    attempt.exam_name,
    attempt.certification,
    attempt.max_attempts,
    started_at,
    finished_at,
    (
        try_cast(attempt.keen_timestamp as decimal(28, 9)) - epoch_us(started_at)::decimal(28, 9) / 1000000
    )::double as duration_seconds,
    attempt.sequences
from compared;

create view attempts as
select
    * exclude (sequences),
    coalesce(sequences.questions, []) as question_list,
    sequences.counts as counts,
    case
        when len(sequences.questions) > 0
            then sha256(to_json(list_sort(list_distinct([question.id for question in sequences.questions])))::varchar)
    end as question_set_id
from messages
where disposition = 'accepted';

create table fct_question_responses as
with questions as (
    select
        keen_id,
        base_exam_id,
        load_id,
        [listed.id for listed in question_list] as question_ids,
        unnest(question_list) as question,
        generate_subscripts(question_list, 1) as question_position
    from attempts
)

select
    keen_id,
    question_position,
    question.id as question_id,
    base_exam_id,
    list_position(question_ids, question.id) = question_position as is_first_presentation,
    question.user_result as result,
    question.user_correct as is_correct,
    question.user_incomplete as is_incomplete,
    question.user_submitted as is_submitted,
    question.user_result = 'unanswered' as is_omitted,
    len(coalesce(question.options, [])) as options,
    len(list_filter(coalesce(question.options, []), lambda option: option.checked)) as options_checked,
    load_id
from questions;

create table fct_option_choices as
with questions as (
    select
        keen_id,
        base_exam_id,
        load_id,
        [listed.id for listed in question_list] as question_ids,
        unnest(question_list) as question,
        generate_subscripts(question_list, 1) as question_position
    from attempts
),

options as (
    select
        keen_id,
        question_position,
        question.id as question_id,
        base_exam_id,
        load_id,
        list_position(question_ids, question.id) = question_position as is_first_presentation,
        [listed.id for listed in question.options] as option_ids,
        unnest(question.options) as option,
        generate_subscripts(question.options, 1) as option_position
    from questions
)

select
    keen_id,
    question_position,
    option_position,
    question_id,
    option.id as option_id,
    base_exam_id,
    is_first_presentation and list_position(option_ids, option.id) = option_position as is_first_presentation,
    option.checked as is_checked,
    coalesce(option.correct, false) as is_correct,
    coalesce(option.submitted, 0) > 0 as is_submitted,
    case
        when regexp_full_match(option.at, getvariable('iso_timestamp')) then try_cast(option.at as timestamptz)
    end as changed_at,
    load_id
from options;

create table fct_attempts as
with deliveries_by_attempt as (
    select
        keen_id,
        count(*) as deliveries
    from messages
    where disposition in ('accepted', 'duplicate')
    group by keen_id
)

select
    keen_id,
    user_exam_id,
    base_exam_id,
    question_set_id,
    exam_name,
    certification,
    started_at,
    finished_at,
    duration_seconds,
    hour(started_at) as start_hour,
    len(question_list) as questions,
    counts.correct as correct,
    counts.incorrect as incorrect,
    counts.incomplete as incomplete,
    counts.unanswered as unanswered,
    counts.correct / nullif(len(question_list), 0) as score,
    base_exam_id = 'example-id' as is_test,
    deliveries,
    load_id,
    record
from attempts
inner join deliveries_by_attempt using (keen_id);

create table fct_scored_responses as
with scored as (
    select
        keen_id,
        question_id,
        question_position,
        result,
        if(result = 'correct', 1, 0) as item_score,
        sum(if(result = 'correct', 1, 0)) over attempt as total_score,
        count(*) over attempt as questions,
        count(result) over attempt as results
    from fct_question_responses
    where is_first_presentation
    window attempt as (partition by keen_id)
)

select
    scored.keen_id,
    scored.question_id,
    scored.question_position,
    fct_attempts.base_exam_id,
    fct_attempts.question_set_id,
    scored.result,
    scored.item_score,
    scored.total_score,
    scored.questions,
    fct_attempts.load_id
from scored
inner join fct_attempts using (keen_id)
where scored.results = scored.questions and not fct_attempts.is_test;

create table dim_exams as
select
    base_exam_id,
    arg_max(exam_name, (started_at, record)) as exam_name,
    count(distinct exam_name) as exam_names,
    count(distinct question_set_id) as question_sets,
    count(*) as attempts,
    sum(deliveries) as rows_delivered,
    min(started_at) as first_attempt_at,
    max(started_at) as last_attempt_at,
    base_exam_id = 'example-id' as is_test
from fct_attempts
group by base_exam_id;

create table exam_reliability as
with question_sets as (
    select
        base_exam_id,
        question_set_id,
        count(*) as attempts,
        min(started_at) as first_attempt_at,
        max(started_at) as last_attempt_at
    from fct_attempts
    where not is_test and question_set_id is not null
    group by base_exam_id, question_set_id
),

by_question as (
    select
        base_exam_id,
        question_set_id,
        question_id,
        count(*) as presented,
        sum(item_score) as correct
    from fct_scored_responses
    group by base_exam_id, question_set_id, question_id
),

item_sums as (
    select
        base_exam_id,
        question_set_id,
        max(presented) as n,
        count(*) as k,
        sum(correct) as score_sum,
        sum(correct * (presented - correct)) as item_variances
    from by_question
    group by base_exam_id, question_set_id
),

score_sums as (
    select
        base_exam_id,
        question_set_id,
        sum(item_score * total_score) as score_square_sum
    from fct_scored_responses
    group by base_exam_id, question_set_id
),

sums as (
    select
        question_sets.*,
        coalesce(item_sums.n, 0) as n,
        coalesce(item_sums.k, 0) as k,
        item_sums.score_sum,
        item_sums.item_variances,
        item_sums.n * score_sums.score_square_sum - item_sums.score_sum * item_sums.score_sum as score_variance
    from question_sets
    left join item_sums using (base_exam_id, question_set_id)
    left join score_sums using (base_exam_id, question_set_id)
),

figures as (
    select
        *,
        score_sum / nullif(n, 0) as mean_score,
        if(n > 1, sqrt(score_variance / (n * (n - 1))), null) as stddev_score,
        if(
            k > 1 and score_variance > 0, (k * (score_variance - item_variances)) / ((k - 1) * score_variance), null
        ) as kr20
    from sums
)

select
    base_exam_id,
    question_set_id,
    exam_name,
    row_number() over (
        partition by base_exam_id order by figures.first_attempt_at, question_set_id
    ) as question_set_number,
    figures.first_attempt_at,
    figures.last_attempt_at,
    n as attempts,
    figures.attempts - n as attempts_left_out,
    k as questions,
    mean_score,
    stddev_score,
    kr20,
    stddev_score * sqrt(1 - kr20) as standard_error_of_measurement,
    case
        when n = 0 then 'No attempt has a result for each of its questions.'
        when n = 1 then 'There is one attempt only.'
        when k = 1 then 'There is one question only.'
        when score_variance = 0 then 'All attempts have the same score.'
    end as reason
from figures
inner join dim_exams using (base_exam_id);

-- Wilson (1927), with the quantile of the standard normal distribution for 95 %.
create macro wilson(successes, trials, sign) as case
    when trials > 0
        then (
            successes + 1.959963984540054 * 1.959963984540054 / 2 + sign * 1.959963984540054 * sqrt(
                successes::double * (trials - successes) / trials + 1.959963984540054 * 1.959963984540054 / 4
            )
        ) / (trials + 1.959963984540054 * 1.959963984540054)
end;

create table item_analysis as
with sums as (
    select
        base_exam_id,
        question_set_id,
        question_id,
        sum(question_position) as position_sum,
        count(*) as n,
        sum(item_score) as correct,
        count_if(result = 'incorrect') as incorrect,
        count_if(result = 'missed_some') as missed_some,
        count_if(result = 'unanswered') as omitted,
        count_if(result != 'unanswered') as answered,
        sum(total_score - item_score) as rest_sum,
        sum((total_score - item_score) * (total_score - item_score)) as rest_square_sum,
        sum(item_score * (total_score - item_score)) as rest_of_correct_sum
    from fct_scored_responses
    group by base_exam_id, question_set_id, question_id
),

variances as (
    select
        *,
        n * correct - correct * correct as item_variance,
        n * rest_square_sum - rest_sum * rest_sum as rest_variance,
        n * rest_of_correct_sum - correct * rest_sum as covariance
    from sums
)

select
    base_exam_id,
    question_set_id,
    question_id,
    exam_name,
    question_set_number,
    row_number() over (
        partition by base_exam_id, question_set_id order by position_sum, question_id
    ) as question_number,
    n as presented,
    answered,
    correct,
    incorrect,
    missed_some,
    omitted,
    correct / n as difficulty,
    wilson(correct, n, -1) as difficulty_low,
    wilson(correct, n, 1) as difficulty_high,
    correct / nullif(answered, 0) as answered_difficulty,
    wilson(correct, answered, -1) as answered_difficulty_low,
    wilson(correct, answered, 1) as answered_difficulty_high,
    omitted / n as omitted_rate,
    covariance / nullif(sqrt(item_variance::double) * sqrt(rest_variance::double), 0) as discrimination,
    nullif(
        concat_ws(
            ' ',
            if(answered = 0, 'No difficulty of the answered: nobody answered.', null),
            case
                when n = 1 then 'No discrimination: there is one attempt only.'
                when correct = 0 then 'No discrimination: nobody answered correctly.'
                when item_variance = 0 then 'No discrimination: everybody answered correctly.'
                when questions = 1 then 'No discrimination: there is no other question.'
                when rest_variance = 0 then 'No discrimination: all have the same score in the other questions.'
            end
        ),
        ''
    ) as reason
from variances
inner join exam_reliability using (base_exam_id, question_set_id);

create table distractor_analysis as
with ranked as (
    select
        keen_id,
        base_exam_id,
        question_set_id,
        row_number() over (
            partition by base_exam_id, question_set_id order by total_score, sha256(keen_id)
        ) as score_rank,
        count(*) over (partition by base_exam_id, question_set_id) as n
    from fct_scored_responses
    where question_position = 1
),

thirds as (
    select
        keen_id,
        base_exam_id,
        question_set_id,
        score_rank <= n // 3 as in_lower_third,
        score_rank > n - n // 3 as in_upper_third
    from ranked
),

counts as (
    select
        thirds.base_exam_id,
        thirds.question_set_id,
        choices.question_id,
        choices.option_id,
        sum(choices.option_position) / count(*) as mean_position,
        min(choices.is_correct) as always_correct,
        max(choices.is_correct) as ever_correct,
        count(*) as presented,
        count_if(choices.is_checked) as chosen,
        count_if(in_lower_third) as lower_presented,
        count_if(in_lower_third and choices.is_checked) as lower_chosen,
        count_if(in_upper_third) as upper_presented,
        count_if(in_upper_third and choices.is_checked) as upper_chosen
    from fct_option_choices as choices
    inner join thirds using (keen_id)
    where choices.is_first_presentation
    group by all
)

select
    base_exam_id,
    question_set_id,
    question_id,
    option_id,
    exam_name,
    question_set_number,
    question_number,
    row_number() over (
        partition by base_exam_id, question_set_id, question_id order by mean_position, option_id
    ) as option_number,
    if(always_correct = ever_correct, ever_correct, null) as is_correct,
    counts.presented,
    chosen,
    chosen / counts.presented as chosen_share,
    lower_presented,
    lower_chosen,
    lower_chosen / nullif(lower_presented, 0) as lower_chosen_share,
    upper_presented,
    upper_chosen,
    upper_chosen / nullif(upper_presented, 0) as upper_chosen_share,
    nullif(
        concat_ws(
            ' ',
            if(always_correct != ever_correct, 'Not known to be correct or not: the attempts disagree.', null),
            if(lower_presented = 0 or upper_presented = 0, 'No thirds: there are too few attempts.', null)
        ),
        ''
    ) as reason
from counts
inner join item_analysis using (base_exam_id, question_set_id, question_id);

create table attempts_by_hour as
select
    hours.start_hour,
    count(keen_id) as attempts,
    coalesce(sum(deliveries), 0) as rows_delivered,
    count_if(is_test) as test_attempts
from range(24) as hours (start_hour)
left join fct_attempts using (start_hour)
group by hours.start_hour;

create table attempts_by_day as
with days as (
    select unnest(generate_series(min(started_at)::date, max(started_at)::date, interval 1 day))::date as started_on
    from fct_attempts
)

select
    days.started_on,
    count(keen_id) as attempts,
    coalesce(sum(deliveries), 0) as rows_delivered,
    count_if(is_test) as test_attempts
from days
left join fct_attempts on days.started_on = fct_attempts.started_at::date
group by days.started_on;

create table repeated_deliveries as
with repeated as (
    select
        keen_id,
        count(*) as deliveries,
        list({'load_id': load_id, 'record': record} order by load_id, record) as delivered_in
    from messages
    where disposition in ('accepted', 'duplicate')
    group by keen_id
    having count(*) > 1
)

select
    keen_id,
    user_exam_id,
    base_exam_id,
    exam_name,
    repeated.deliveries,
    delivered_in
from repeated
inner join fct_attempts using (keen_id);

create table rejected_messages as
select
    messages.load_id,
    messages.record,
    messages.rejection_reason,
    messages.keen_id,
    messages.user_exam_id,
    messages.message_sha256,
    raw.json::varchar as value_as_text
from messages
inner join raw on messages.record = raw.rowid
where messages.disposition = 'rejected';

create table source_files as
select
    count(*) as records,
    count(*) as landed,
    0 as missing,
    count(*) as messages,
    1 as fewest_deliveries,
    1 as most_deliveries,
    true as is_complete
from raw;

create table load_reconciliation as
with messages_by_load as (
    select
        count(*) as messages,
        count_if(disposition = 'accepted') as accepted,
        count_if(disposition = 'duplicate') as duplicates,
        count_if(disposition = 'rejected') as rejected
    from messages
),

in_attempts as (
    select
        coalesce(sum(len(question_list)), 0) as questions_in_attempts,
        coalesce(sum(list_sum([len(question.options) for question in question_list])), 0) as options_in_attempts
    from attempts
),

by_question as (
    select count(*) as questions from fct_question_responses
),

by_option as (
    select count(*) as options from fct_option_choices
)

select
    1 as load_id,
    messages,
    accepted,
    duplicates,
    rejected,
    questions_in_attempts,
    questions,
    options_in_attempts,
    options,
    messages = accepted + duplicates + rejected
    and questions = questions_in_attempts
    and options = options_in_attempts as is_reconciled
from messages_by_load, in_attempts, by_question, by_option;

create table answers as
with totals as (
    select
        count(*) as attempts,
        coalesce(sum(deliveries), 0) as rows_delivered,
        count_if(is_test) as test_attempts,
        coalesce(sum(if(is_test, deliveries, 0)), 0) as test_rows
    from fct_attempts
),

people as (
    select
        user_exam_id,
        count(*) as attempts,
        sum(deliveries) as rows_delivered
    from fct_attempts
    group by user_exam_id
),

people_totals as (
    select
        count_if(attempts = 1) as once_by_attempts,
        count_if(rows_delivered = 1) as once_by_rows,
        count_if(attempts > 1) as more_by_attempts,
        count_if(rows_delivered > 1) as more_by_rows,
        coalesce(sum(attempts) filter (attempts > 1), 0) as attempts_of_more,
        coalesce(sum(rows_delivered) filter (rows_delivered > 1), 0) as rows_of_more
    from people
),

exam_of_question_5 as (
    select
        count(distinct user_exam_id) as people,
        count(*) as attempts,
        coalesce(sum(deliveries), 0) as rows_delivered
    from fct_attempts
    where exam_name = 'Learning Git'
),

exams as (
    select
        exam_name,
        count(*) as attempts,
        sum(deliveries) as rows_delivered,
        min(count(*)) over () as fewest_attempts,
        max(count(*)) over () as most_attempts,
        min(sum(deliveries)) over () as fewest_rows,
        max(sum(deliveries)) over () as most_rows
    from fct_attempts
    group by exam_name
),

extreme_exams as (
    select
        max(fewest_attempts) as fewest_attempts,
        max(fewest_rows) as fewest_rows,
        list(exam_name order by exam_name) filter (attempts = fewest_attempts) as rarest_by_attempts,
        list(exam_name order by exam_name) filter (attempts = most_attempts) as commonest_by_attempts,
        list(exam_name order by exam_name) filter (rows_delivered = fewest_rows) as rarest_by_rows,
        list(exam_name order by exam_name) filter (rows_delivered = most_rows) as commonest_by_rows
    from exams
),

hours as (
    select
        *,
        max(attempts) over () as most_attempts,
        max(rows_delivered) over () as most_rows
    from attempts_by_hour
),

popular_hours as (
    select
        max(most_attempts) as most_attempts,
        max(most_rows) as most_rows,
        string_agg(start_hour, '; ' order by start_hour) filter (attempts = most_attempts) as by_attempts,
        string_agg(start_hour, '; ' order by start_hour) filter (rows_delivered = most_rows) as by_rows
    from hours
)

select 1 as question_number, rows_delivered::varchar as answer_as_delivered, attempts::varchar as answer from totals
union all
select 2, once_by_rows::varchar, once_by_attempts::varchar from people_totals
union all
select
    3,
    if(more_by_rows = 0, '0', concat(more_by_rows, ', in ', rows_of_more, ' rows')),
    if(more_by_attempts = 0, '0', concat(more_by_attempts, ', in ', attempts_of_more, ' rows'))
from people_totals
union all
select 4, getvariable('topic'), getvariable('topic')
union all
select
    5,
    concat(people, ' (', rows_delivered, ' rows)'),
    concat(people, ' (', attempts, ' rows)')
from exam_of_question_5
union all
select
    6,
    concat(
        if(fewest_rows = 1, 'once', concat(fewest_rows, ' times')), if(len(rarest_by_rows) > 1, ' each: ', ': '),
        array_to_string(rarest_by_rows, '; '), '. Most: ', array_to_string(commonest_by_rows, '; ')
    ),
    concat(
        if(fewest_attempts = 1, 'once', concat(fewest_attempts, ' times')),
        if(len(rarest_by_attempts) > 1, ' each: ', ': '),
        array_to_string(rarest_by_attempts, '; '), '. Most: ', array_to_string(commonest_by_attempts, '; ')
    )
from extreme_exams
union all
select
    7,
    if(test_rows = 0, '0 rows', concat(test_rows, ' rows, example-id')),
    test_attempts::varchar
from totals
union all
select
    8,
    if(most_rows = 0, 'none', concat(by_rows, ', ', most_rows, ' rows')),
    if(most_attempts = 0, 'none', concat(by_attempts, ', ', most_attempts))
from popular_hours;
