print("goldstone-generate")
