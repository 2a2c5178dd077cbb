{#-
    The messages hold no field that the project does not know. It only warns: such a field is kept in the raw table
    and harms nothing, but somebody should decide whether it belongs into a model.
-#}
{% test no_unknown_fields(model) %}

{{ config(severity='warn') }}

select
    unknown_field,
    count(*) as messages
from {{ model }}
lateral view explode(unknown_fields) as unknown_field
group by unknown_field

{% endtest %}
