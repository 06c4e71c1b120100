"""整表交换: a department's table kept in step with another department's, front-end database to front-end
database, part by part over the exchange, and compared every day on a sheet both nodes sign."""
