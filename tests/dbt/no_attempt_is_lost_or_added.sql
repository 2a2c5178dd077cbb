-- Invariant: each accepted message is exactly one attempt in fct_attempts, also if it has no questions, and vice versa.
-- Prevents: attempts that a join or a missed load leaves out of the fact or adds to it.
-- No generic test fits: relationships compare in one direction only, and do not count.
with accepted as (

    select
        keen_id,
        count(*) as messages
    from {{ ref('stg_assess__messages') }}
    where disposition = 'accepted'
    group by keen_id

),

attempts as (

    select
        keen_id,
        count(*) as attempts
    from {{ ref('fct_attempts') }}
    group by keen_id

)

select
    keen_id,
    accepted.messages,
    attempts.attempts
from accepted
full join attempts using (keen_id)
where not (accepted.messages <=> 1 and attempts.attempts <=> 1)
