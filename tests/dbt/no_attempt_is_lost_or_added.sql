-- Invariant: each accepted message is exactly one attempt in fct_attempts, also if it has no questions, and vice versa;
-- its deliveries are the accepted message and its duplicates.
-- Prevents: attempts that a join or a missed load leaves out of the fact or adds to it; repeated deliveries that the
-- fact does not know.
-- No generic test fits: relationships compare in one direction only, and do not count.
with messages as (

    select
        keen_id,
        count_if(disposition = 'accepted') as accepted,
        count(*) as deliveries
    from {{ ref('stg_assess__messages') }}
    where disposition in ('accepted', 'duplicate')
    group by keen_id

),

attempts as (

    select
        keen_id,
        count(*) as attempts,
        sum(deliveries) as deliveries
    from {{ ref('fct_attempts') }}
    group by keen_id

)

select
    keen_id,
    messages.accepted,
    attempts.attempts,
    messages.deliveries as messages,
    attempts.deliveries
from messages
full join attempts using (keen_id)
where not (messages.accepted <=> 1 and attempts.attempts <=> 1 and messages.deliveries <=> attempts.deliveries)
