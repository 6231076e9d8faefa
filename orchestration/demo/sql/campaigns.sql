-- One row for each household that a campaign reached, with the campaign's type and dates.
select
    campaigns.household_id as household,
    campaigns.campaign_id as campaign,
    descriptions.campaign_type,
    strftime(descriptions.start_date, '%Y-%m-%d') as starts,
    strftime(descriptions.end_date, '%Y-%m-%d') as ends
from read_parquet($campaigns) as campaigns
inner join read_parquet($campaign_descriptions) as descriptions using (campaign_id)
order by starts, campaign, household
