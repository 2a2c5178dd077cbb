{#-
    Delta checks constraints that are properties of a new table while it writes the rows. dbt-spark adds each one
    afterwards, with another scan, and its not_null fails on the columns of a query.
-#}
{%- macro spark__tblproperties_clause() -%}
    {%- set properties = dict(config.get('tblproperties') or {}) -%}
    {%- if config.get('contract').enforced -%}
        {%- set required = [] -%}
        {%- for column in model.columns.values() if column.constraints | selectattr('type', 'eq', 'not_null') | list -%}
            {%- do required.append(adapter.quote(column.name) ~ ' is not null') -%}
        {%- endfor -%}
        {%- if required -%}
            {%- do properties.update({'delta.constraints.no_nulls': required | join(' and ')}) -%}
        {%- endif -%}
        {%- for constraint in model.constraints -%}
            {%- do properties.update({'delta.constraints.' ~ constraint.name: constraint.expression}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if properties %}
    tblproperties (
        {%- for name, value in properties.items() %}
        '{{ name }}' = {{ sql_string(value) }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro -%}
