-- One row for each household that answered the survey. The addresses are made up, from the household's number,
-- in a domain that is reserved for examples: the data has no contact of anybody.
select
    household_id as household,
    'household-' || household_id || '@example.com' as email,
    age,
    income,
    home_ownership,
    marital_status,
    household_size,
    household_comp as composition,
    kids_count as kids
from read_parquet($demographics)
order by household
