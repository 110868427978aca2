print("no Django here")
