-- Invariant: the accepted messages are the attempts of fct_attempts, one for one, those without questions included.
-- Prevents: attempts that a join or a missed load leaves out of the fact, or that it makes up.
-- No generic test fits: relationships look one way only, and count nothing.
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
